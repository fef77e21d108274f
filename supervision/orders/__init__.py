"""第三十八条: nine kinds of breach, found where the data shows them, and the order to put things right."""
