"""Who may do what, and who sees what: one table, which tests compare with every route and every answer."""
