// BasicHttpBinding that serves many calls at once on Mono. On the wire it is BasicHttpBinding.
//
// Mono's dispatcher accepts one channel at a time, takes one call from it, closes it, and sleeps 100 ms before it accepts
// the next: ten calls a second. Here it is given lanes that never close: each has a thread that draws calls from the one
// real channel and hands them to the dispatcher's own callback, one after the other.
using System;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.Threading;

namespace Contoso.Orders {
  class ManyLanesBinding : BasicHttpBinding {
    public override BindingElementCollection CreateBindingElements() {
      var elements = base.CreateBindingElements();
      elements.Insert(0, new LanesElement());
      return elements;
    }
  }

  class LanesElement : BindingElement {
    public override BindingElement Clone() {
      return new LanesElement();
    }

    public override T GetProperty<T>(BindingContext context) {
      return context.GetInnerProperty<T>();
    }

    public override bool CanBuildChannelListener<TChannel>(BindingContext context) {
      return typeof(TChannel) == typeof(IReplyChannel) && context.CanBuildInnerChannelListener<TChannel>();
    }

    public override IChannelListener<TChannel> BuildChannelListener<TChannel>(BindingContext context) {
      return (IChannelListener<TChannel>)(object)new LanesListener(context.BuildInnerChannelListener<IReplyChannel>());
    }
  }

  class LanesListener : ChannelListenerBase<IReplyChannel> {
    readonly IChannelListener<IReplyChannel> inner;
    readonly Func<TimeSpan, IReplyChannel> accept;
    IReplyChannel channel;

    public LanesListener(IChannelListener<IReplyChannel> inner) {
      this.inner = inner;
      accept = OnAcceptChannel;
    }

    public override Uri Uri { get { return inner.Uri; } }

    public override T GetProperty<T>() {
      return inner.GetProperty<T>();
    }

    protected override IReplyChannel OnAcceptChannel(TimeSpan timeout) {
      lock (accept) {
        if (channel == null) {
          channel = inner.AcceptChannel(timeout);
          channel.Open();
        }
      }
      return new Lane(channel);
    }

    protected override IAsyncResult OnBeginAcceptChannel(TimeSpan timeout, AsyncCallback done, object state) {
      return accept.BeginInvoke(timeout, done, state);
    }

    protected override IReplyChannel OnEndAcceptChannel(IAsyncResult result) {
      return accept.EndInvoke(result);
    }

    protected override void OnOpen(TimeSpan timeout) { inner.Open(timeout); }
    protected override void OnClose(TimeSpan timeout) { inner.Close(timeout); }
    protected override void OnAbort() { inner.Abort(); }
    protected override bool OnWaitForChannel(TimeSpan timeout) { throw new NotSupportedException(); }
    protected override IAsyncResult OnBeginWaitForChannel(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    protected override bool OnEndWaitForChannel(IAsyncResult result) { throw new NotSupportedException(); }
    protected override IAsyncResult OnBeginOpen(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    protected override void OnEndOpen(IAsyncResult result) { throw new NotSupportedException(); }
    protected override IAsyncResult OnBeginClose(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    protected override void OnEndClose(IAsyncResult result) { throw new NotSupportedException(); }
  }

  // Always open: closing it is how Mono ends a call. The process ends without closing.
  class Lane : IReplyChannel {
    static readonly TimeSpan forever = TimeSpan.FromMilliseconds(int.MaxValue);

    readonly IReplyChannel inner;

    public Lane(IReplyChannel inner) {
      this.inner = inner;
    }

    // The dispatcher asks once a channel; it is answered for every call there will be.
    public IAsyncResult BeginTryReceiveRequest(TimeSpan timeout, AsyncCallback done, object state) {
      var calls = new Thread(() => {
        while (true) Hand(done, state);
      });
      calls.IsBackground = true;
      calls.Start();
      return new Received { AsyncState = state };
    }

    void Hand(AsyncCallback done, object state) {
      try {
        RequestContext context;
        // False for a content type that it does not take: it has answered that by itself.
        if (inner.TryReceiveRequest(forever, out context)) done(new Received { AsyncState = state, Context = context });
      } catch (Exception error) {
        Console.Error.WriteLine("A call that could not be carried out: " + error.Message);
      }
    }

    public bool EndTryReceiveRequest(IAsyncResult result, out RequestContext context) {
      context = ((Received)result).Context;
      return true;
    }

    class Received : IAsyncResult {
      public RequestContext Context;
      public object AsyncState { get; set; }
      public WaitHandle AsyncWaitHandle { get { throw new NotSupportedException(); } }
      public bool CompletedSynchronously { get { return false; } }
      public bool IsCompleted { get { return Context != null; } }
    }

    public EndpointAddress LocalAddress { get { return inner.LocalAddress; } }
    public CommunicationState State { get { return CommunicationState.Opened; } }
    public T GetProperty<T>() where T : class { return inner.GetProperty<T>(); }

    public void Open() { }
    public void Open(TimeSpan timeout) { }
    public void Close() { }
    public void Close(TimeSpan timeout) { }
    public void Abort() { }

    public event EventHandler Opening { add { } remove { } }
    public event EventHandler Opened { add { } remove { } }
    public event EventHandler Closing { add { } remove { } }
    public event EventHandler Closed { add { } remove { } }
    public event EventHandler Faulted { add { } remove { } }

    public bool TryReceiveRequest(TimeSpan timeout, out RequestContext context) { throw new NotSupportedException(); }
    public RequestContext ReceiveRequest() { throw new NotSupportedException(); }
    public RequestContext ReceiveRequest(TimeSpan timeout) { throw new NotSupportedException(); }
    public IAsyncResult BeginReceiveRequest(AsyncCallback c, object s) { throw new NotSupportedException(); }
    public IAsyncResult BeginReceiveRequest(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    public RequestContext EndReceiveRequest(IAsyncResult result) { throw new NotSupportedException(); }
    public bool WaitForRequest(TimeSpan timeout) { throw new NotSupportedException(); }
    public IAsyncResult BeginWaitForRequest(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    public bool EndWaitForRequest(IAsyncResult result) { throw new NotSupportedException(); }
    public IAsyncResult BeginOpen(AsyncCallback c, object s) { throw new NotSupportedException(); }
    public IAsyncResult BeginOpen(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    public void EndOpen(IAsyncResult result) { throw new NotSupportedException(); }
    public IAsyncResult BeginClose(AsyncCallback c, object s) { throw new NotSupportedException(); }
    public IAsyncResult BeginClose(TimeSpan t, AsyncCallback c, object s) { throw new NotSupportedException(); }
    public void EndClose(IAsyncResult result) { throw new NotSupportedException(); }
  }
}
