"""One thread pool for all tests: tiny models gain nothing from more than one thread."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported

import torch

torch.set_num_threads(1)
