//go:build !race

package e2ee_test

const raced = false
