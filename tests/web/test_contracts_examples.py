"""Each paper of the checklist has an example that says where its boxes are, with nobody's data in it."""

import pytest

from portal.contracts.rules import ContractKind, DocumentKind


@pytest.mark.parametrize("kind", ContractKind)
def test_each_paper_links_to_its_example(make, client, kind):
    contract = make.contract(make.enrolment(make.person("Camille Moreau")), kind=kind)
    client.sign_in(contract.contact)
    links = client.page(f"/contracts/{contract.id}").select("a[href*='/examples/']")
    assert len(links) == len(DocumentKind)
    for link in links:
        page = client.page(link["href"])
        assert len(page.select(".facts div")) >= 3
        for file in page.select("a[download]"):
            answer = client.raw.get(file["href"])
            assert answer.data.startswith(b"%PDF-")
            answer.close()


def test_examples_of_other_contracts_and_of_unknown_papers_are_missing(make, client):
    contract = make.contract()
    client.sign_in(contract.contact)
    client.page(f"/contracts/{contract.id}/examples/passport", expect=404)
    client.sign_in(make.person("Other", "company"))
    client.page(f"/contracts/{contract.id}/examples/cerfa", expect=404)
