"""What commands on earlier messages share, and those on reactions and pins."""
