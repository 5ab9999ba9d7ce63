"""Places on our pages that apps above fill, through the site's one registry in `fans.sections`.

Places and what the function is given: `design` (a draft's page, beside the picture: the votes),
`brief` (its public page: rounds), `brief-manage` (the brand's page of it), `studio` (the
signed-in designer: what waits for them).
"""

from fans.sections import Block, Section, blocks, register

__all__ = ["Block", "Section", "blocks", "register"]
