#include "apps/server/http/gzip.hpp"

#include <zlib.h>

#include <array>

namespace lectern::server {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window, and gzip's header and trailer

}  // namespace

std::string gzipped(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, 4, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return code == Z_STREAM_END ? out : std::string{};
}

struct Gunzip::State {
    z_stream stream{};
    std::uint64_t left = 0;
    bool ended = false;
};

Gunzip::Gunzip(std::uint64_t limit) : state_(std::make_unique<State>()) {
    state_->left = limit;
    inflateInit2(&state_->stream, gzip_window);
}

Gunzip::~Gunzip() {
    inflateEnd(&state_->stream);
}

Status Gunzip::add(std::string_view piece, std::string& to) {
    z_stream& stream = state_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    std::array<char, 16384> out;
    while (stream.avail_in > 0 || stream.avail_out == 0) {
        if (state_->ended) {
            if (stream.avail_in == 0) return {};
            return {Code::invalid_argument, "the body has bytes after the end of its gzip stream"};
        }
        stream.next_out = reinterpret_cast<Bytef*>(out.data());
        stream.avail_out = static_cast<uInt>(out.size());
        const int code = inflate(&stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            return {Code::invalid_argument, "the body is not valid gzip"};
        const std::size_t made = out.size() - stream.avail_out;
        if (made > state_->left)
            return {Code::resource_exhausted, "the decompressed body is larger than the limit"};
        state_->left -= made;
        to.append(out.data(), made);
        if (code == Z_STREAM_END) state_->ended = true;
        if (code == Z_BUF_ERROR) break;  // more input is needed
    }
    return {};
}

Status Gunzip::finish() const {
    if (state_->ended) return {};
    return {Code::invalid_argument, "the gzip body ends before its stream does"};
}

}  // namespace lectern::server
