// Checks our records with the code behind Go's checksum database: golang.org/x/mod/sumdb/note and tlog.
//
// Reads one JSON request a line, answers {"ok": bool, "why": string} a line. Bytes are base64.
// All that is decided here is how files are named and cut into lines; every hash, signature and proof is theirs.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type request struct {
	Do    string   // "log", "proof" or "growth"
	Vkey  string   // the log's key
	At    string   // log: its folder, or where it is served over HTTP
	Proof []byte   // proof: a .tlog-proof file
	Entry []byte   // proof: the entry's bytes
	Old   []byte   // growth: the earlier checkpoint
	New   []byte   // growth: the later checkpoint
	Path  [][]byte // growth: the hashes between
}

type answer struct {
	OK  bool   `json:"ok"`
	Why string `json:"why"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<26)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked request
		err := json.Unmarshal(lines.Bytes(), &asked)
		if err == nil {
			err = check(asked)
		}
		if err != nil {
			out.Encode(answer{false, err.Error()})
		} else {
			out.Encode(answer{true, ""})
		}
	}
}

func check(asked request) error {
	switch asked.Do {
	case "log":
		return checkLog(asked)
	case "proof":
		return checkProof(asked)
	case "growth":
		return checkGrowth(asked)
	}
	return errors.New("unknown request " + asked.Do)
}

// openCheckpoint has the note's signature checked, and reads origin, size and root from its three lines.
func openCheckpoint(text []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("the checkpoint does not have three lines, or another origin")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// place is where a log lies: a folder, or an address that begins with http. tile/8/L/N is named tile/L/N there.
type place string

func (at place) Height() int { return 8 }

func (at place) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (at place) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := at.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func (at place) read(name string) ([]byte, error) {
	if !strings.HasPrefix(string(at), "http") {
		return os.ReadFile(filepath.Join(string(at), name))
	}
	answer, err := http.Get(string(at) + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// bundle reads the entries from `first` on: as many as one bundle holds.
func (at place) bundle(first, size int64) ([][]byte, error) {
	width := size - first
	if width > 256 {
		width = 256
	}
	path := (tlog.Tile{H: 8, L: -1, N: first / 256, W: int(width)}).Path()
	data, err := at.read(strings.Replace(path, "tile/8/data/", "tile/entries/", 1))
	var entries [][]byte
	for err == nil && len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("the bundle is cut off")
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries, data = append(entries, data[2:end]), data[end:]
	}
	if err == nil && int64(len(entries)) != width {
		err = errors.New("the bundle does not hold as many entries as its name says")
	}
	return entries, err
}

// checkLog compares every entry with tiles that are shown to belong under the signed root, and proves a few.
func checkLog(asked request) error {
	log := place(asked.At)
	text, err := log.read("checkpoint")
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(text, asked.Vkey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, log)
	for first := int64(0); first < tree.N; first += 256 {
		entries, err := log.bundle(first, tree.N)
		if err != nil {
			return err
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, entry := range entries {
			if tlog.RecordHash(entry) != hashes[i] {
				return fmt.Errorf("entry %d is not what its hash says", first+int64(i))
			}
		}
	}
	return proveSome(tree, reader)
}

func proveSome(tree tlog.Tree, reader tlog.HashReader) error {
	for _, index := range []int64{0, tree.N / 2, tree.N - 1} {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return err
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, hashes[0]); err != nil {
			return err
		}
		old, err := tlog.TreeHash(index+1, reader)
		if err != nil {
			return err
		}
		growth, err := tlog.ProveTree(tree.N, index+1, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(growth, tree.N, tree.Hash, index+1, old); err != nil {
			return err
		}
	}
	return nil
}

// checkProof checks a .tlog-proof file that we wrote.
func checkProof(asked request) error {
	head, checkpoint, found := bytes.Cut(asked.Proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("this is not a proof file")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		decoded, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(decoded) != tlog.HashSize {
			return errors.New("a hash of the proof is malformed")
		}
		path = append(path, tlog.Hash(*(*[tlog.HashSize]byte)(decoded)))
	}
	tree, err := openCheckpoint(checkpoint, asked.Vkey)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(asked.Entry))
}

// checkGrowth checks our proof that one checkpoint's log is a beginning of another's.
func checkGrowth(asked request) error {
	old, err := openCheckpoint(asked.Old, asked.Vkey)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(asked.New, asked.Vkey)
	if err != nil {
		return err
	}
	var path tlog.TreeProof
	for _, hash := range asked.Path {
		if len(hash) != tlog.HashSize {
			return errors.New("a hash of the proof is malformed")
		}
		path = append(path, tlog.Hash(*(*[tlog.HashSize]byte)(hash)))
	}
	return tlog.CheckTree(path, tree.N, tree.Hash, old.N, old.Hash)
}
