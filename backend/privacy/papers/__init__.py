"""The German papers that a municipality needs beside the product, drawn from the configuration."""

from backend.privacy.papers.deletion import deletion_concept
from backend.privacy.papers.impact import impact_assessment
from backend.privacy.papers.measures import measures
from backend.privacy.papers.processing import record_of_processing

PAPERS = {
    "record-of-processing.md": record_of_processing,
    "deletion-concept.md": deletion_concept,
    "dpia-draft.md": impact_assessment,
    "tom.md": measures,
}

__all__ = ["PAPERS"]
