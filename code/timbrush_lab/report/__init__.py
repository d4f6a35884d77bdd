"""Numbers, tables and figures of the report and the README."""
