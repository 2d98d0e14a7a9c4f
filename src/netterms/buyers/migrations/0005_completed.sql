-- An import completes what the book knows of a buyer.
grant update (name, country) on buyer to netterms_app;
