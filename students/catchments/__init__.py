"""学区: which schools take the children of a village or community; by workbook, by copy, one by one; 查学区."""
