// A WCF caller with WS-Addressing. An answer to another message is an error, as it is to stacks that check it.
//
//   mono AddressedClient.exe URL TEXT COUNT     the answers, a line each
using System;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;
using System.Text;
using System.Xml;
using Contoso.Addressed;

sealed class Related : IEndpointBehavior, IClientMessageInspector {
  public object BeforeSendRequest(ref Message request, IClientChannel channel) {
    return request.Headers.MessageId = new UniqueId();
  }

  public void AfterReceiveReply(ref Message reply, object sent) {
    if (reply.Headers.RelatesTo != (UniqueId)sent) throw new Exception("sent " + sent + ", and got an answer to " + reply.Headers.RelatesTo);
  }

  public void AddBindingParameters(ServiceEndpoint endpoint, BindingParameterCollection parameters) { }
  public void ApplyClientBehavior(ServiceEndpoint endpoint, ClientRuntime runtime) { runtime.MessageInspectors.Add(this); }
  public void ApplyDispatchBehavior(ServiceEndpoint endpoint, EndpointDispatcher dispatcher) { }
  public void Validate(ServiceEndpoint endpoint) { }
}

static class AddressedClient {
  static void Main(string[] args) {
    Console.OutputEncoding = new UTF8Encoding(false);
    var binding = new CustomBinding(
      new TextMessageEncodingBindingElement(MessageVersion.Soap12WSAddressing10, Encoding.UTF8),
      new HttpTransportBindingElement());
    using (var factory = new ChannelFactory<IAddressed>(binding, new EndpointAddress(args[0]))) {
      factory.Endpoint.Behaviors.Add(new Related());
      var service = factory.CreateChannel();
      for (var n = 0; n < int.Parse(args[2]); n++) Console.WriteLine(service.Echo(args[1]));
    }
  }
}
