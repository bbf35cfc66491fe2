"""Tables, rights and durable state: the only room that talks to the database."""
