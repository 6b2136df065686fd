//go:build !unix

package node_test

import "errors"

func limitFiles(bytes string) error {
	if bytes != "" {
		return errors.ErrUnsupported
	}
	return nil
}
