// What `wsdl OrderService.wsdl` makes of the contract, without its asynchronous half and with fields for properties.
using System;
using System.Web.Services;
using System.Web.Services.Protocols;
using System.Xml.Serialization;

namespace Contoso.OrdersProxy {
  static class Ns {
    public const string Contract = "http://contoso.example/orders";
    public const string Data = "http://contoso.example/orders/data";
    public const string Action = Contract + "/IOrderService/";
  }

  [WebServiceBinding(Name = "BasicHttpBinding_IOrderService", Namespace = Ns.Contract)]
  public class OrderProxy : SoapHttpClientProtocol {
    public ClientId Client;

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "GetOrder", RequestNamespace = Ns.Contract, ResponseNamespace = Ns.Contract)]
    [return: XmlElement(IsNullable = true)]
    public Order GetOrder(long orderId) {
      return (Order)Invoke("GetOrder", new object[] { orderId })[0];
    }

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "ListOrders", RequestNamespace = Ns.Contract, ResponseNamespace = Ns.Contract)]
    [return: XmlArray(IsNullable = true), XmlArrayItem(Namespace = Ns.Data)]
    public Order[] ListOrders([XmlElement(IsNullable = true)] string customer, [XmlElement(IsNullable = true)] OrderStatus? status, int max) {
      return (Order[])Invoke("ListOrders", new object[] { customer, status, max })[0];
    }

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "PlaceOrder", RequestNamespace = Ns.Contract, ResponseNamespace = Ns.Contract)]
    [return: XmlElement(IsNullable = true)]
    public OrderReceipt PlaceOrder([XmlElement(IsNullable = true)] NewOrder order) {
      return (OrderReceipt)Invoke("PlaceOrder", new object[] { order })[0];
    }

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "CancelOrder", RequestNamespace = Ns.Contract, ResponseNamespace = Ns.Contract)]
    public void CancelOrder(long orderId, [XmlElement(IsNullable = true)] string reason) {
      Invoke("CancelOrder", new object[] { orderId, reason });
    }

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "NotifyShipment", RequestNamespace = Ns.Contract, OneWay = true)]
    public void NotifyShipment(long orderId, DateTime shippedAt, [XmlElement(IsNullable = true)] string carrier) {
      Invoke("NotifyShipment", new object[] { orderId, shippedAt, carrier });
    }

    [SoapHeader("Client")]
    [SoapDocumentMethod(Ns.Action + "Ping", RequestNamespace = Ns.Contract, ResponseNamespace = Ns.Contract)]
    [return: XmlElement(IsNullable = true)]
    public string Ping() {
      return (string)Invoke("Ping", new object[0])[0];
    }
  }

  // Not in the WSDL: a header that somebody added by hand, as they do.
  [XmlRoot("ClientId", Namespace = Ns.Contract)]
  public class ClientId : SoapHeader {
    [XmlText] public string Value;
  }

  [XmlType(Namespace = Ns.Data)]
  public enum OrderStatus { New, Paid, Shipped, Cancelled }

  [XmlType(Namespace = Ns.Data)]
  public class Customer {
    [XmlElement(IsNullable = true)] public string Code;
    [XmlElement(IsNullable = true)] public string Name;
  }

  [XmlType(Namespace = Ns.Data)]
  public class OrderLine {
    public decimal Price;
    public int Quantity;
    [XmlElement(IsNullable = true)] public string Sku;
  }

  [XmlType(Namespace = Ns.Data)]
  public class Order {
    public decimal Amount;
    [XmlElement(IsNullable = true)] public Customer Customer;
    public string Id;
    [XmlArray(IsNullable = true)] public OrderLine[] Lines;
    [XmlElement(IsNullable = true)] public string Note;
    public long Number;
    public DateTime Placed;
    public long Serial;
    [XmlElement(IsNullable = true)] public DateTime? ShippedAt;
    public OrderStatus Status;
    [XmlArray(IsNullable = true), XmlArrayItem("string", Namespace = "http://schemas.microsoft.com/2003/10/Serialization/Arrays")] public string[] Tags;
    public string Channel;
  }

  [XmlType(Namespace = Ns.Data)]
  public class NewOrder {
    [XmlElement(IsNullable = true)] public string ClientRef;
    [XmlElement(IsNullable = true)] public string CustomerCode;
    [XmlArray(IsNullable = true)] public OrderLine[] Lines;
    [XmlElement(IsNullable = true)] public string Note;
  }

  [XmlType(Namespace = Ns.Data)]
  public class OrderReceipt {
    [XmlElement(IsNullable = true)] public string ClientRef;
    public long Number;
    public OrderStatus Status;
    public decimal Total;
  }

  [XmlType(Namespace = Ns.Data), XmlRoot(Namespace = Ns.Data)]
  public class OrderNotFoundFault {
    public long OrderId;
    [XmlElement(IsNullable = true)] public string Reason;
  }

  [XmlType(Namespace = Ns.Data), XmlRoot(Namespace = Ns.Data)]
  public class ValidationFault {
    [XmlElement(IsNullable = true)] public string Field;
    [XmlElement(IsNullable = true)] public string Reason;
  }
}
