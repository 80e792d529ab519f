"""The engine of the IT Guide curriculum: cases, answers, consequences and assessment."""

__version__ = "0.1.0"
