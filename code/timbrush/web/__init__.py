"""The page in the browser, and the server that paints for it."""
