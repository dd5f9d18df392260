"""Tables that people bring, CSV and Parquet: what each file is, its columns, and a closed session that reads them."""
