"""How it is shown: tables, figures and the page."""
