package indirect // want package:"uses als"

import _ "example.com/testdata/usage/direct"
