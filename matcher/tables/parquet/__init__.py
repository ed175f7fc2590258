"""The columnar twin of the format: a problem, or a plan, as a folder of Parquet tables."""
