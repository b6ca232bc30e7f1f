// Package foreign imports a module that uses als, which is that module's business.
package foreign

import _ "example.com/library"
