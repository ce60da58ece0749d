// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.IO;
using System.Security.Cryptography;

namespace Antmicro.Renode.Campaigns
{
    /// <summary>
    /// The SHA-256 of what is written to it, for content that is often the same as the last time: that is compared, which costs a tenth of the
    /// time for a checksum of a flash memory, and no memory.
    /// </summary>
    internal sealed class RetainedChecksum : Stream
    {
        /// <inheritdoc/>
        public override void Write(byte[] buffer, int offset, int count)
        {
            Write(buffer.AsSpan(offset, count));
        }

        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var end = position + buffer.Length;
            if(isSame && end <= length && buffer.SequenceEqual(content.AsSpan(position, buffer.Length)))
            {
                position = end;
                return;
            }
            // What was compared before stays: it is the same.
            isSame = false;
            if(end > content.Length)
            {
                Array.Resize(ref content, Math.Max(end, 2 * content.Length));
            }
            buffer.CopyTo(content.AsSpan(position));
            position = end;
        }

        /// <summary>The checksum, in hexadecimal, of what was written since the last call.</summary>
        public string Complete()
        {
            if(!isSame || position != length || checksum == null)
            {
                length = position;
                checksum = Convert.ToHexString(SHA256.HashData(content.AsSpan(0, length)));
            }
            position = 0;
            isSame = true;
            return checksum;
        }

        /// <inheritdoc/>
        public override void Flush()
        {
        }

        /// <inheritdoc/>
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        /// <inheritdoc/>
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        /// <inheritdoc/>
        public override void SetLength(long value) => throw new NotSupportedException();

        /// <inheritdoc/>
        public override bool CanRead => false;

        /// <inheritdoc/>
        public override bool CanSeek => false;

        /// <inheritdoc/>
        public override bool CanWrite => true;

        /// <inheritdoc/>
        public override long Length => throw new NotSupportedException();

        /// <inheritdoc/>
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        private bool isSame = true;
        private int position;
        private int length;
        private byte[] content = Array.Empty<byte>();
        private string checksum;
    }
}
