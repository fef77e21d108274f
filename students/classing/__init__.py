"""Classes of a school: opened and closed, filled by balanced placement (分班), changed child by child (调班)."""
