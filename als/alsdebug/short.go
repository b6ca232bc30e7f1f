package alsdebug

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many bytes of a name, a label or a place are shown.
const maxShown = 200

// short returns what is shown of a text that the program made: one line of printable
// characters. What is not printable is written as in Go, what is too long is cut, and
// the whole length is said.
func short(s string) string {
	whole := len(s)
	if len(s) > maxShown {
		s = s[:maxShown]
		for range utf8.UTFMax - 1 { // do not cut a character
			if r, size := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || size != 1 {
				break
			}
			s = s[:len(s)-1]
		}
	}
	clean := s
	if strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }) {
		quoted := strconv.Quote(s)
		clean = strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
	}
	if whole > maxShown {
		return fmt.Sprintf("%s… (%d bytes)", clean, whole)
	}
	return clean
}
