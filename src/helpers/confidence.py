"""The scale of confidence of every outside row, from weak to strong."""

CONFIDENCE = ["low", "medium", "high"]
