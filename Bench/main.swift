import CortexM
