"""What chapters say under other assumptions, pinned in small files that a test holds runs against."""
