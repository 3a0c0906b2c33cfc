"""Pure: conversations, flows, texts, the router and the checker."""
