// Package download has the disk's side of files that contacts send each other.
//
// The receiver calls [Begin] for a hidden [Draft] in the folder that the file is to
// be in, writes the chunks into it in their order, compares the whole with its hash
// ([Draft.Verify]), and gives it its name ([Draft.Finish]), which never replaces
// anything. The draft outlives the process: [Resume] finds out what is left to
// fetch. What the sender calls the file is untrusted, and made harmless by [Name].
//
// The sender has a [Source], which notices that the file is not the one any more
// that was offered.
//
// Memory does not grow with the file. No symbolic link is followed but those in the
// path of a folder that the user typed. Errors of the system may have the path that
// they are about.
package download
