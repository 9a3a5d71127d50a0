"""The composer: where a person types, in several rows, with a draft for each conversation."""
