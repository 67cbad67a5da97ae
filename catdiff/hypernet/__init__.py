"""How a program is stored: hierarchical hypergraphs as flat integer arrays."""
