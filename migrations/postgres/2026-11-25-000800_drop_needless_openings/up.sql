-- The beginning of a body is shown only where there is no standfirst, and is what most rows are made of.
UPDATE public_articles SET opening = '' WHERE trim(standfirst) <> '';
