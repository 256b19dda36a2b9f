"""On what terms can items be bought? spark-submit jobs/ingest_supplier_terms.py --env cluster"""

from shelfwise.contracts import bronze, silver
from shelfwise.core.cli import main
from shelfwise.core.job import Job, Write
from shelfwise.ingest.conform import offer_supplier_terms

JOB = Job(
    name="ingest_supplier_terms",
    reads={"terms": bronze.TERMS, "items": bronze.ITEMS, "sales": bronze.SALES},
    writes=silver.SUPPLIER_TERMS,
    run=offer_supplier_terms,
    how=Write.UPSERT,
)

if __name__ == "__main__":
    main(JOB)
