// A WCF service with a contract as wide as the world, self-hosted on Mono. Three endpoints, without security:
// /Catalog.svc is SOAP 1.1, /Catalog12.svc SOAP 1.2, /CatalogWs.svc SOAP 1.2 with WS-Addressing (WSHttpBinding without a session).
// Siblings, for Mono gives all that is below an address to the first endpoint there.
//
//   mono CatalogService.exe        any free port. Prints `ready <url of Catalog.svc>`; ends when stdin closes, or on SIGTERM.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;
using System.Threading;
using Contoso.Orders;

namespace Contoso.Catalog {
  // Not a singleton: Mono opens its context with the first call, and of two first calls at once one would fail.
  [ServiceBehavior(InstanceContextMode = InstanceContextMode.PerCall, ConcurrencyMode = ConcurrencyMode.Multiple,
    Namespace = Namespaces.Contract, Name = "Catalog")]
  public class Catalog : ICatalog {
    public Scalars GetScalars(int row) { return Samples.Scalars(row); }
    public Scalars EchoScalars(Scalars value) { return value; }
    public Nullables GetNullables(int row) { return Samples.Nullables(row); }
    public Nullables EchoNullables(Nullables value) { return value; }
    public Lists GetLists(int row) { return Samples.Lists(row); }
    public Lists EchoLists(Lists value) { return value; }
    public List<string> GetTexts(int row) { return Samples.Texts(row); }
    public List<string> EchoTexts(List<string> value) { return value; }
    public Tree GetTree(int row) { return Samples.Tree(row); }
    public Tree EchoTree(Tree value) { return value; }
    public List<Shape> GetShapes(int row) { return Samples.Shapes(row); }
    public List<Shape> EchoShapes(List<Shape> value) { return value; }
    public object GetAny(int row) { return Samples.Any(row); }
    public object EchoAny(object value) { return value; }

    public Measures Measure(Scalars value) {
      if (value == null) return null;
      return new Measures {
        Next = (new decimal(value.Long) + 1).ToString(CultureInfo.InvariantCulture),
        Bytes = value.Bytes == null ? -1 : value.Bytes.Length,
        Characters = value.String == null ? -1 : value.String.Length,
        Negative = -value.Decimal,
      };
    }

    public Item Find(string what) {
      switch (what) {
        case "missing": throw Fault(new MissingFault { What = "<none> & \"nothing\"" }, "Not found: é.");
        case "limit": throw Fault(new LimitFault {
          Most = 1.10m, Until = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), Reasons = new List<string> { "a", null },
          Shape = new Circle { Name = "round", Radius = 0.5 } }, "Too much.");
        case "bare-limit": throw Fault(new LimitFault(), "Too little.");
        case "strange": throw Fault(new StrangeFault { Number = long.MaxValue }, "Strange.");
        case "undeclared": throw new FaultException(new FaultReason(new FaultReasonText("Undeclared.", "en-US")), Code("Client", "Sender"));
        case "nothing": return null;
        default: return new Item { Sku = what, Price = 0.50m };
      }
    }

    public PriceReply Price(PriceRequest request) { return new PriceReply { Total = 1.10m * request.Count }; }
    public StampedReply PriceStamped(PriceRequest request) { return new StampedReply { Total = 1.10m * request.Count, Stamp = "stamp of " + request.Sku }; }
    public BareReply Bare(BareRequest request) { return new BareReply { Items = new List<Item> { request.Item, null } }; }
    public void Tell(string text) { Console.WriteLine("told " + text); }

    // Codes and language as .NET on Windows would send them: Mono's defaults are a bare `Sender` and no language.
    static FaultException<T> Fault<T>(T detail, string reason) {
      return new FaultException<T>(detail, new FaultReason(new FaultReasonText(reason, "en-US")), Code("Client", "Sender"));
    }

    static FaultCode Code(string soap11, string soap12) {
      return OperationContext.Current.IncomingMessageVersion.Envelope == EnvelopeVersion.Soap12
        ? new FaultCode(soap12, "http://www.w3.org/2003/05/soap-envelope")
        : new FaultCode(soap11, "http://schemas.xmlsoap.org/soap/envelope/");
    }
  }

  // AddressFilterMode.Any, which Mono does not heed: wsa:To names the address that the client knows, which is not ours behind a gateway.
  class AnyAddress : IServiceBehavior {
    public void AddBindingParameters(ServiceDescription d, ServiceHostBase h, System.Collections.ObjectModel.Collection<ServiceEndpoint> e, BindingParameterCollection p) { }
    public void Validate(ServiceDescription description, ServiceHostBase host) { }

    public void ApplyDispatchBehavior(ServiceDescription description, ServiceHostBase host) {
      foreach (var dispatcher in host.ChannelDispatchers.OfType<ChannelDispatcher>())
        foreach (var endpoint in dispatcher.Endpoints) endpoint.AddressFilter = new MatchAllMessageFilter();
    }
  }

  static class Program {
    static int Main() {
      // DateTimeKind.Local is written in the zone of the machine.
      Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
      ThreadPool.SetMinThreads(32, 32);
      for (var tries = 5; ; tries--) {
        var url = new Uri("http://127.0.0.1:" + FreePort() + "/Catalog.svc");
        try {
          Serve(url);
          return 0;
        } catch (Exception error) {
          if (tries > 1 && (error is SocketException || error is HttpListenerException)) continue;
          Console.Error.WriteLine("Could not serve " + url + ": " + error);
          return 1;
        }
      }
    }

    static void Serve(Uri url) {
      var host = new ServiceHost(typeof(Catalog), url);
      host.Description.Behaviors.Add(new ServiceMetadataBehavior { HttpGetEnabled = true });
      host.Description.Behaviors.Add(new AnyAddress());
      host.Description.Behaviors.Add(new PlainFaults());
      host.AddServiceEndpoint(typeof(ICatalog), Text("Soap11", MessageVersion.Soap11), url);
      host.AddServiceEndpoint(typeof(ICatalog), Text("Soap12", MessageVersion.Soap12), new Uri(url, "Catalog12.svc"));
      host.AddServiceEndpoint(typeof(ICatalog), Text("Ws", MessageVersion.Soap12WSAddressing10), new Uri(url, "CatalogWs.svc"));
      host.Open();
      Console.WriteLine("ready " + url);
      while (Console.In.ReadLine() != null) { }
      // Environment.Exit waits for ever for the lanes.
      Process.GetCurrentProcess().Kill();
    }

    static Binding Text(string name, MessageVersion version) {
      var transport = new HttpTransportBindingElement { MaxReceivedMessageSize = 16 << 20 };
      return new CustomBinding(new LanesElement(), new ActionEncoding(version), transport) { Name = name, Namespace = Namespaces.Contract };
    }

    static int FreePort() {
      var probe = new TcpListener(IPAddress.Loopback, 0);
      probe.Start();
      try {
        return ((IPEndPoint)probe.LocalEndpoint).Port;
      } finally {
        probe.Stop();
      }
    }
  }
}
