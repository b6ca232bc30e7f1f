package foreign // want package:"uses als"

// The storage is in another module.
import _ "example.com/library"
