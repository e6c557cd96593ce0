// SOAP 1.2 text as WCF on Windows reads it: `application/soap+xml; charset=utf-8; action="…"`.
// Mono's own reader answers 415 to a content type with `action` in it, and would not look there for the action.
using System;
using System.IO;
using System.ServiceModel.Channels;
using System.Text;
using System.Text.RegularExpressions;

namespace Contoso.Catalog {
  class ActionEncoding : MessageEncodingBindingElement {
    readonly TextMessageEncodingBindingElement inner;

    public ActionEncoding(MessageVersion version) {
      inner = new TextMessageEncodingBindingElement(version, new UTF8Encoding(false));
      inner.ReaderQuotas.MaxStringContentLength = 1 << 20;
    }

    public override MessageVersion MessageVersion {
      get { return inner.MessageVersion; }
      set { inner.MessageVersion = value; }
    }

    public override BindingElement Clone() {
      return new ActionEncoding(MessageVersion);
    }

    public override T GetProperty<T>(BindingContext context) {
      return inner.GetProperty<T>(context);
    }

    public override MessageEncoderFactory CreateMessageEncoderFactory() {
      return new Factory(inner.CreateMessageEncoderFactory());
    }

    public override IChannelListener<TChannel> BuildChannelListener<TChannel>(BindingContext context) {
      context.BindingParameters.Add(this);
      return context.BuildInnerChannelListener<TChannel>();
    }

    public override bool CanBuildChannelListener<TChannel>(BindingContext context) {
      return context.CanBuildInnerChannelListener<TChannel>();
    }

    class Factory : MessageEncoderFactory {
      readonly Reader encoder;

      public Factory(MessageEncoderFactory inner) {
        encoder = new Reader(inner.Encoder);
      }

      public override MessageEncoder Encoder { get { return encoder; } }
      public override MessageVersion MessageVersion { get { return encoder.MessageVersion; } }
    }

    class Reader : MessageEncoder {
      static readonly Regex action = new Regex("action=\"?([^\";]+)\"?", RegexOptions.IgnoreCase);

      readonly MessageEncoder inner;

      public Reader(MessageEncoder inner) {
        this.inner = inner;
      }

      public override string ContentType { get { return inner.ContentType; } }
      public override string MediaType { get { return inner.MediaType; } }
      public override MessageVersion MessageVersion { get { return inner.MessageVersion; } }

      public override bool IsContentTypeSupported(string contentType) {
        return contentType.Split(';')[0].Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase);
      }

      public override Message ReadMessage(Stream stream, int maxSizeOfHeaders, string contentType) {
        return Acted(inner.ReadMessage(stream, maxSizeOfHeaders, MediaType), contentType);
      }

      public override Message ReadMessage(ArraySegment<byte> buffer, BufferManager manager, string contentType) {
        return Acted(inner.ReadMessage(buffer, manager, MediaType), contentType);
      }

      static Message Acted(Message message, string contentType) {
        var named = action.Match(contentType ?? "");
        if (named.Success && message.Headers.Action == null) message.Headers.Action = named.Groups[1].Value;
        return message;
      }

      public override void WriteMessage(Message message, Stream stream) {
        inner.WriteMessage(message, stream);
      }

      public override ArraySegment<byte> WriteMessage(Message message, int max, BufferManager manager, int offset) {
        return inner.WriteMessage(message, max, manager, offset);
      }
    }
  }
}
