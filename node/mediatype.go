package node

import (
	"path/filepath"
	"strings"
)

// mediaTypes are what files are taken for by the end of their name. The table is our
// own: that of the system differs from one to another, and would tell a contact which
// one this is, and that two profiles are on it.
var mediaTypes = map[string]string{
	".7z":   "application/x-7z-compressed",
	".aac":  "audio/aac",
	".avi":  "video/x-msvideo",
	".avif": "image/avif",
	".bmp":  "image/bmp",
	".bz2":  "application/x-bzip2",
	".css":  "text/css",
	".csv":  "text/csv",
	".doc":  "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".epub": "application/epub+zip",
	".flac": "audio/flac",
	".gif":  "image/gif",
	".gz":   "application/gzip",
	".heic": "image/heic",
	".heif": "image/heif",
	".htm":  "text/html",
	".html": "text/html",
	".ics":  "text/calendar",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".js":   "text/javascript",
	".json": "application/json",
	".m4a":  "audio/mp4",
	".m4v":  "video/mp4",
	".md":   "text/markdown",
	".mkv":  "video/matroska",
	".mov":  "video/quicktime",
	".mp3":  "audio/mpeg",
	".mp4":  "video/mp4",
	".mpeg": "video/mpeg",
	".mpg":  "video/mpeg",
	".odp":  "application/vnd.oasis.opendocument.presentation",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odt":  "application/vnd.oasis.opendocument.text",
	".oga":  "audio/ogg",
	".ogg":  "audio/ogg",
	".ogv":  "video/ogg",
	".opus": "audio/ogg",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".ppt":  "application/vnd.ms-powerpoint",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".rtf":  "application/rtf",
	".svg":  "image/svg+xml",
	".tar":  "application/x-tar",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".txt":  "text/plain",
	".vcf":  "text/vcard",
	".wav":  "audio/wav",
	".weba": "audio/webm",
	".webm": "video/webm",
	".webp": "image/webp",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".xml":  "application/xml",
	".xz":   "application/x-xz",
	".zip":  "application/zip",
	".zst":  "application/zstd",
}

// mediaType returns what a file of some name is taken for, or nothing.
func mediaType(name string) string { return mediaTypes[strings.ToLower(filepath.Ext(name))] }
