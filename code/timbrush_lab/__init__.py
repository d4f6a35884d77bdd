"""The laboratory measures timbrush: evaluations, costs, tables and figures of the report."""
