// Faults without WS-Addressing as .NET on Windows sends them: Mono leaves a header `Action` with mustUnderstand in the envelope,
// which callers of ASMX must refuse, and do.
using System.Collections.ObjectModel;
using System.Linq;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;

namespace Contoso.Orders {
  class PlainFaults : IServiceBehavior, IDispatchMessageInspector {
    const string None = "http://schemas.microsoft.com/ws/2005/05/addressing/none";

    public void AddBindingParameters(ServiceDescription d, ServiceHostBase h, Collection<ServiceEndpoint> e, BindingParameterCollection p) { }
    public void Validate(ServiceDescription description, ServiceHostBase host) { }

    public void ApplyDispatchBehavior(ServiceDescription description, ServiceHostBase host) {
      foreach (var dispatcher in host.ChannelDispatchers.OfType<ChannelDispatcher>())
        foreach (var endpoint in dispatcher.Endpoints) endpoint.DispatchRuntime.MessageInspectors.Add(this);
    }

    public object AfterReceiveRequest(ref Message request, IClientChannel channel, InstanceContext context) {
      return null;
    }

    public void BeforeSendReply(ref Message reply, object state) {
      if (reply != null && reply.Headers.FindHeader("Action", None) >= 0) reply.Headers.RemoveAll("Action", None);
    }
  }
}
