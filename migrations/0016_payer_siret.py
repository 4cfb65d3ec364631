# Frozen history: imports peewee only, never the portal.

KNOWN = (
    "SELECT company.siret FROM contract JOIN company ON company.id = contract.company_id "
    "WHERE contract.enrolment_id = payer.enrolment_id AND company.name = payer.name "
    "ORDER BY contract.id LIMIT 1"
)


def up(migrator, db):
    db.execute_sql("ALTER TABLE payer ADD COLUMN siret TEXT NOT NULL DEFAULT ''")
    db.execute_sql(
        f"UPDATE payer SET siret = ({KNOWN}) WHERE kind = 'company' AND EXISTS ({KNOWN})"
    )


def down(migrator, db):
    db.execute_sql("ALTER TABLE payer DROP COLUMN siret")
