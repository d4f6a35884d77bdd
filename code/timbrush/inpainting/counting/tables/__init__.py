"""Tables of counts: of neighbours, of rows and of labels."""
