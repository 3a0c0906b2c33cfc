"""The rooms in SQL, each written once for every engine: a transaction is a plain function of a `Db`."""
