"""The flows: one folder each; delete the folder and the feature is gone."""
