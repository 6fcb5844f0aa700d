"""What chapters say under other assumptions, kept in small files that tests hold runs against."""
