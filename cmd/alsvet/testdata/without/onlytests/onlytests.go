// Package onlytests uses als in its tests only, so its importers do not use it.
package onlytests
