// The legacy side of the example: a WCF service as it stands in many companies, self-hosted so that Mono can run it.
//
//   mono OrderService.exe [port]        port 0: any free one. Prints `ready <url>`; ends when stdin closes, or on SIGTERM.
//
// Every order is a pure function of its number (OrderData.cs), the same that data.ts has for the other services.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Serialization;
using System.ServiceModel;
using System.ServiceModel.Description;
using System.Threading;

namespace Contoso.Orders {
  public static class Namespaces {
    public const string Contract = "http://contoso.example/orders";
    public const string Data = "http://contoso.example/orders/data";
    public const string Actions = Contract + "/IOrderService/";
  }

  [DataContract(Namespace = Namespaces.Data)]
  public enum OrderStatus {
    [EnumMember] New,
    [EnumMember] Paid,
    [EnumMember] Shipped,
    [EnumMember] Cancelled,
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class Customer {
    [DataMember(IsRequired = true)] public string Code;
    [DataMember] public string Name;
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class OrderLine {
    [DataMember] public string Sku;
    [DataMember] public int Quantity;
    [DataMember] public decimal Price;
  }

  // On the wire members are in alphabetical order; then those with `Order`, which were added in later years.
  [DataContract(Namespace = Namespaces.Data)]
  public class Order {
    [DataMember(IsRequired = true)] public long Number;
    [DataMember(IsRequired = true)] public long Serial;
    [DataMember] public Guid Id;
    [DataMember] public Customer Customer;
    [DataMember] public List<OrderLine> Lines;
    [DataMember] public decimal Amount;
    [DataMember] public OrderStatus Status;
    [DataMember] public DateTime Placed;
    [DataMember] public DateTime? ShippedAt;
    [DataMember] public string Note;
    [DataMember] public List<string> Tags;
    [DataMember(Order = 1, EmitDefaultValue = false)] public string Channel;
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class NewOrder {
    [DataMember(IsRequired = true)] public string ClientRef;
    [DataMember] public string CustomerCode;
    [DataMember] public List<OrderLine> Lines;
    [DataMember] public string Note;
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class OrderReceipt {
    [DataMember] public string ClientRef;
    [DataMember] public long Number;
    [DataMember] public OrderStatus Status;
    [DataMember] public decimal Total;
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class OrderNotFoundFault {
    [DataMember] public long OrderId;
    [DataMember] public string Reason;
  }

  [DataContract(Namespace = Namespaces.Data)]
  public class ValidationFault {
    [DataMember] public string Field;
    [DataMember] public string Reason;
  }

  [ServiceContract(Namespace = Namespaces.Contract)]
  public interface IOrderService {
    // Actions of faults are spelled out because Mono forgets the slash after the namespace.
    [OperationContract, FaultContract(typeof(OrderNotFoundFault), Action = Namespaces.Actions + "GetOrderOrderNotFoundFaultFault")]
    Order GetOrder(long orderId);

    [OperationContract]
    List<Order> ListOrders(string customer, OrderStatus? status, int max);

    [OperationContract, FaultContract(typeof(ValidationFault), Action = Namespaces.Actions + "PlaceOrderValidationFaultFault")]
    OrderReceipt PlaceOrder(NewOrder order);

    [OperationContract, FaultContract(typeof(OrderNotFoundFault), Action = Namespaces.Actions + "CancelOrderOrderNotFoundFaultFault")]
    void CancelOrder(long orderId, string reason);

    [OperationContract(IsOneWay = true)]
    void NotifyShipment(long orderId, DateTime shippedAt, string carrier);

    // How many orders this process has placed: shows that nothing was placed twice.
    [OperationContract]
    int CountOrders();

    [OperationContract]
    string Ping();
  }

  // Not a singleton: Mono opens its context with the first call, and of two first calls at once one would fail.
  [ServiceBehavior(InstanceContextMode = InstanceContextMode.PerCall, ConcurrencyMode = ConcurrencyMode.Multiple,
    Namespace = Namespaces.Contract, Name = "OrderService")]
  public class OrderService : IOrderService {
    static int placed;

    public Order GetOrder(long orderId) {
      return Found(orderId);
    }

    public List<Order> ListOrders(string customer, OrderStatus? status, int max) {
      return OrderData.Select(customer, status, max).ToList();
    }

    public OrderReceipt PlaceOrder(NewOrder order) {
      var problem = OrderData.Problem(order);
      if (problem != null) throw Fault(problem, problem.Reason);
      Interlocked.Increment(ref placed);
      Console.WriteLine("placed " + order.ClientRef);
      return OrderData.Receipt(order);
    }

    public void CancelOrder(long orderId, string reason) {
      Found(orderId);
      Console.WriteLine("cancelled " + orderId);
    }

    public void NotifyShipment(long orderId, DateTime shippedAt, string carrier) {
      Console.WriteLine("shipped " + orderId);
    }

    public int CountOrders() {
      return placed;
    }

    public string Ping() {
      return "pong";
    }

    static Order Found(long orderId) {
      var order = OrderData.Find(orderId);
      if (order != null) return order;
      var fault = new OrderNotFoundFault { OrderId = orderId, Reason = "No order has this number." };
      throw Fault(fault, "Order " + orderId + " not found.");
    }

    // Code and language as .NET on Windows would send them: Mono's defaults are a bare `Sender` and no language.
    static FaultException<T> Fault<T>(T detail, string reason) {
      var text = new FaultReason(new FaultReasonText(reason, "en-US"));
      return new FaultException<T>(detail, text, new FaultCode("Client", "http://schemas.xmlsoap.org/soap/envelope/"));
    }
  }

  static class Program {
    static int Main(string[] args) {
      // The machine this service has always run on stands at UTC+2, and DateTimeKind.Local says so on the wire.
      Environment.SetEnvironmentVariable("TZ", "Etc/GMT-2");
      if (TimeZoneInfo.Local.GetUtcOffset(DateTime.UtcNow) != TimeSpan.FromHours(2)) {
        Console.Error.WriteLine("No time zone Etc/GMT-2 in /usr/share/zoneinfo: install Debian's package tzdata.");
        return 1;
      }
      // Mono's pool grows by two threads a second; without a floor a burst of callers waits for it.
      ThreadPool.SetMinThreads(32, 32);
      var port = args.Length > 0 ? int.Parse(args[0]) : 7001;
      for (var tries = port == 0 ? 5 : 1; ; tries--) {
        var url = new Uri("http://127.0.0.1:" + (port == 0 ? FreePort() : port) + "/OrderService.svc");
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
      var host = new ServiceHost(typeof(OrderService), url);
      host.Description.Behaviors.Add(new ServiceMetadataBehavior { HttpGetEnabled = true });
      host.Description.Behaviors.Add(new PlainFaults());
      var binding = new ManyLanesBinding { Name = "BasicHttpBinding", Namespace = Namespaces.Contract, MaxReceivedMessageSize = 16 << 20 };
      host.AddServiceEndpoint(typeof(IOrderService), binding, "");
      host.Open();
      Console.WriteLine("ready " + url);
      while (Console.In.ReadLine() != null) { }
      // Environment.Exit waits for ever for the lanes.
      Process.GetCurrentProcess().Kill();
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
