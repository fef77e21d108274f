"""第三十四条: the register of registrars: trained before they act, appointed by report, tasks handed over."""
