"""Where a stroke is painted: shapes, their pixels, and the cells under them."""
