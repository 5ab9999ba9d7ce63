"""Pages of the pre-sale: for fans (`shop`, `checkout`, `orders`), for brands (`console` ...)."""
